-- Quarto puts each figure and table of a DOCX into a table of one cell, which Word keeps on one page, with no number at its lines
-- and no head on the next page: what is in it goes back into the text, with a caption that stays with it.

if FORMAT ~= "docx" then return {} end

local function style_caption(float)
  local style = float.identifier:match("^tbl%-") and "Table Caption" or "Image Caption"
  return float:walk({
    Para = function(words)
      local first = words.content[1]
      if not (first and first.t == "RawInline" and first.text:match("ImageCaption")) then return nil end
      words.content:remove(1)
      return pandoc.Div(words, { ["custom-style"] = style })
    end,
  })
end

function Table(block)
  local rows = block.bodies[1].body
  if #block.head.rows > 0 or #block.colspecs > 1 or #rows > 1 then return nil end
  return rows[1].cells[1].contents:walk({ Div = style_caption })
end
